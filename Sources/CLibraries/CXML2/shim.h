#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
#include <stddef.h>

// In the C library of every Linux, but declared only under _GNU_SOURCE, which Swift's import does not set.
extern void *memmem(const void *haystack, size_t haystackLength, const void *needle, size_t needleLength);
extern void *memrchr(const void *bytes, int byte, size_t count);
extern int pipe2(int descriptors[2], int flags);
