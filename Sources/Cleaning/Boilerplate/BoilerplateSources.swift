/// The rule files that come with the program, as they stand in `Sources/Cleaning/Boilerplate`.
public enum BoilerplateSources {
    /// Name and YAML text of each, in the order in which they are asked.
    public static var all: [(name: String, yaml: String)] {
        [("3gpp", PackageResources._gpp_yaml), ("etsi", PackageResources.etsi_yaml)].map {
            ($0.0, String(decoding: $0.1, as: UTF8.self))
        }
    }
}
