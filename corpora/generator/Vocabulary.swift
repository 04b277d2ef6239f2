/// The words that everything is made of. ASCII letters only, so that a word is the same in every dialect.
enum Vocabulary {
    static let nouns = """
        access account address adjacency admission agreement alarm allocation amplitude anchor announcement aperture archive
        attachment authority backlog balance barrier baseline beacon bearer binding block boundary branch bridge budget buffer
        burst cable cache calibration candidate capability carrier catalogue cell chain channel charge circuit class clock
        cluster codeword collision column command component condition conduit confirmation connection constraint container
        context contract contribution counter coverage credential cycle dataset deadline decision default degree delay
        delegate delivery demand density deployment deviation diagram dialogue direction directory discovery distance
        distribution domain driver duration echo edge element emission energy entry envelope epoch error estimate event
        evidence exception exchange exposure extension failure fault feature feedback fibre field filter flag flow footprint
        forecast fragment frame gain gateway generation grant granularity group guard handle handover harvest header
        hierarchy history horizon identity impairment increment index indicator instance integrity interface interval
        inventory invocation isolation journal junction key label lamp lane latency lattice layer lease ledger level licence
        lifetime limit link load location lookup loop luminaire margin marker mask measurement member memory merge mesh
        metric mirror mission mobility mode module monitor name neighbour network node noise notice object occasion offset
        operation operator orchestration order origin outage overlay owner packet pairing parameter partition path pattern
        payload peer penalty period permission phase pilot pipeline placement plan plane policy polling pool port position
        power preamble precedence prediction preference presence priority probe procedure profile progress projection
        protection provision proxy pulse purpose quality quantity quarantine query queue quota radius range rank rate ratio
        reading receipt receiver record recovery redundancy reference refresh region register relation relay release
        reliability remainder replica report repository request reservation resource response restriction retention retry
        revision role rollback roster route routine sample satellite schedule schema scope sector security segment selection
        sensor sequence series server service session setting share sheet signal signature site slice slot snapshot source
        span spectrum stage state statement station statistic status step storage stream string structure subject
        subscription substrate suffix summary supervision supply surface survey suspension switch symbol symmetry table
        tag target task template tenant terminal test threshold tier timeline timing token tolerance topology trace track
        traffic transfer transition transmitter transport trigger tunnel unit update usage utility validity value variant
        vector version view voltage volume voucher waiver wavelength weight window workload zone
        """

    static let adjectives = """
        absolute accepted active additional adjacent aggregate allowed alternative ambient ancillary anonymous applicable
        asynchronous authorised available average backward basic binary bounded central certified coarse cold common
        compact complementary complete composite compressed concurrent conditional configured consecutive constant current
        dark decentral dedicated deferred degraded delegated dense derived detailed differential direct disjoint distant
        distributed downward dual dynamic early effective elastic eligible embedded empty encoded energetic enhanced
        essential exact excess exclusive expected explicit extended external final fine fixed flexible foreign forward
        frequent full generic global granted gross harmonic hidden historic hybrid idle immediate implicit incoming
        incremental independent indirect initial inner instant intended interim internal intermittent inverse isolated joint
        known large late lawful linear local logical long lower major mandatory manual marginal maximum mean merged minor
        mixed mobile momentary multiple mutual narrow native negative nested net neutral nominal normal numeric obsolete
        open operational optical optional ordered orthogonal outer outgoing overdue parallel partial passive peak pending
        periodic permanent persistent physical plain planned positive possible potential preferred preliminary present
        previous primary private proper proportional protected provisional public pure quiet random raw reachable
        reciprocal recent recurrent reduced redundant regional regular relative relevant remote repeated requested reserved
        residual restricted reverse roaming robust rural scalable secondary selective semantic separate serial shared short
        silent similar simple single sliding slow soft spare sparse spatial special specific stable standard static steady
        strict strong subordinate successive sufficient superseded symmetric synchronous tagged temporary tentative terminal
        tight total trusted typical unique unknown unsolicited unused upper upward urban urgent valid variable verified
        vertical virtual visible void weak wide
        """

    /// Regular verbs only: the participle is formed by rule.
    static let verbs = """
        abandon abort accept acknowledge activate adapt address adjust admit advance advertise aggregate align allocate
        announce append apply approve archive arrange assemble assert assess assign associate attach audit authorise average
        balance block bound buffer calculate calibrate cancel capture certify chain check clear close cluster collect
        combine command compare compensate complete compress compute conclude configure confirm connect consider constrain
        consult convert coordinate copy correct correlate count create debit declare decode decrease defer define delay
        delegate delete deliver derive describe designate detach detect determine disable discard discover display divide
        document download drain duplicate elect embed enable encode enforce enlarge enter enumerate establish estimate
        evaluate examine exchange exclude execute exempt expand expire export expose extend extract fetch filter finish
        flag flush follow forward fragment freeze generate group guard handle harvest hash identify ignore implement import
        include increase indicate infer inform inherit initiate insert inspect install instruct interpolate interrupt
        inspect invalidate invert invite invoke isolate join keep label launch limit link load locate lock log maintain
        manage map mark mask match measure merge mirror modify monitor mount multiply mute name negotiate normalise note
        notify number observe obtain offer open optimise order outline overwrite park partition pass pause perform permit
        place poll populate postpone power predict prefer prepare present preserve prevent prioritise probe process project
        prolong propagate propose protect prove provide publish query queue raise rank receive recommend reconcile record
        recover redirect reduce refer refine refresh refuse register reject relay release rely remember remove rename renew
        reorder repair repeat replace replicate report request require reserve resolve restore restrict resume retain
        retire retrieve return reuse reverse review revoke rotate round route sample scale scan schedule score search secure
        select separate serve shape share shift sign signal simplify skip sort stack stage start state stop store
        stretch subscribe substitute supervise supply support suspend switch synchronise tag terminate test throttle toggle
        trace track transfer transform transmit trigger trim unlock update upload validate verify visit wait weigh
        """

    static let adverbs = """
        again afterwards alone already always asynchronously automatically autonomously at-once beforehand blindly briefly
        completely concurrently conditionally consistently continuously directly early exactly exclusively explicitly finally
        fully gradually immediately implicitly independently individually initially internally later locally lazily mutually
        never normally once openly optionally partially periodically permanently previously promptly randomly rarely
        regularly repeatedly safely selectively separately silently simultaneously slowly solely temporarily together
        transparently twice uniformly
        """

    static let units = "ms s min h dB dBm Hz kHz MHz lx lm W mW V mA m mm K octets bits frames slots symbols percent"

    static let themes = """
        admission aggregation alarm assurance audit backhaul balancing beacon broadcast calibration charging clocking
        clustering compression configuration continuity coverage delegation dimming discovery energy exposure federation
        flicker forwarding gateway grouping handover harvesting identity indoor interference inventory isolation journey
        lamp lifecycle location maritime measurement mesh metering migration mobility monitoring multicast navigation
        orchestration outdoor pairing paging perimeter platform policy positioning power priority privacy provisioning
        quality railway reachability recovery registry relay reliability replication reporting resilience roaming routing
        safety scheduling security sensing session sharing signage slicing storage street subscription supervision
        switching synchronisation telemetry tenancy timing tracing tracking transport tunnel update vehicle video voice
        warehouse wavelength
        """

    static let kinds = """
        architecture protocol procedures interface requirements management services codecs framework functions
        conformance measurements model application signalling
        """

    static let messageKinds = """
        REQUEST RESPONSE COMMAND COMPLETE REJECT INDICATION NOTIFICATION REPORT CONFIRM FAILURE UPDATE RELEASE TRANSFER
        """

    static let types = """
        INTEGER BOOLEAN ENUMERATED OCTET-STRING BIT-STRING SEQUENCE CHOICE NULL UTF8String PrintableString
        """
}
