// The yardstick for the XML dialects: libxml2's push parser over the same bytes with handlers that do nothing. Prints a JSON
// object with the median of the CPU seconds of seven passes after a first one, and the peak memory.
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static void start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                  const xmlChar **declared, int attributes, int defaulted, const xmlChar **values) {}
static void end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {}
static void text(void *context, const xmlChar *bytes, int count) {}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static double pass(char **files, long *sizes, int count) {
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (int index = 0; index < count; index++) {
        xmlSAXHandler handler;
        memset(&handler, 0, sizeof handler);
        handler.initialized = XML_SAX2_MAGIC;
        handler.startElementNs = start;
        handler.endElementNs = end;
        handler.characters = handler.ignorableWhitespace = handler.cdataBlock = text;
        xmlParserCtxtPtr context = xmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL);
        xmlCtxtUseOptions(context, XML_PARSE_HUGE | XML_PARSE_NONET);
        for (long position = 0; position < sizes[index]; position += 65536) {
            long piece = sizes[index] - position < 65536 ? sizes[index] - position : 65536;
            xmlParseChunk(context, files[index] + position, (int)piece, 0);
        }
        xmlParseChunk(context, NULL, 0, 1);
        if (!context->wellFormed) exit(1);
        xmlFreeParserCtxt(context);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    return (after.tv_sec - before.tv_sec) + (after.tv_nsec - before.tv_nsec) / 1e9;
}

int main(int count, char **arguments) {
    int files = count - 1;
    char **bytes = calloc(files, sizeof *bytes);
    long *sizes = calloc(files, sizeof *sizes);
    for (int index = 0; index < files; index++) {
        FILE *file = fopen(arguments[index + 1], "rb");
        if (!file) return 1;
        fseek(file, 0, SEEK_END);
        sizes[index] = ftell(file);
        rewind(file);
        bytes[index] = malloc(sizes[index]);
        if (fread(bytes[index], 1, sizes[index], file) != (size_t)sizes[index]) return 1;
        fclose(file);
    }
    double seconds[7];
    for (int round = -1; round < 7; round++) {
        double taken = pass(bytes, sizes, files);
        if (round >= 0) seconds[round] = taken;
    }
    qsort(seconds, 7, sizeof *seconds, ascending);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"cpu_s\": %.6f, \"rss_mb\": %.1f}\n", seconds[3], usage.ru_maxrss / 1024.0);
    return 0;
}
