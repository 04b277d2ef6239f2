// The floor under JSON Lines: simdjson parses every line of a file and looks its text up, nothing else. Prints CPU seconds of the pass
// over lines that are in memory already.
#include <simdjson.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

static rusage usage() {
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used;
}

static double cpu(const rusage& used) {
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

int main(int count, char** arguments) {
    if (count != 2) return 64;
    std::ifstream file(arguments[1], std::ios::binary);
    std::string all((std::istreambuf_iterator<char>(file)), {});
    simdjson::dom::parser parser;
    std::vector<char> padded(1 << 20);
    size_t bytes = 0;
    const double start = cpu(usage());
    for (const char *line = all.data(), *end = line + all.size(); line < end;) {
        const void* feed = memchr(line, '\n', end - line);
        const size_t length = feed ? static_cast<const char*>(feed) - line : end - line;
        if (length > 0) {
            if (padded.size() < length + simdjson::SIMDJSON_PADDING) padded.resize(2 * length + simdjson::SIMDJSON_PADDING);
            memcpy(padded.data(), line, length);
            simdjson::dom::element record;
            std::string_view text;
            if (parser.parse(padded.data(), length, false).get(record)) return 65;
            if (!record["text"].get(text)) bytes += text.size();
        }
        line += length + 1;
    }
    const rusage used = usage();
    std::printf("{\"cpu_s\": %.6f, \"rss_mb\": %.1f, \"bytes\": %zu}\n", cpu(used) - start, used.ru_maxrss / 1024.0, bytes);
}
