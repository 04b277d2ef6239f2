// Debian builds libxml2 with ICU, and its headers then pull in those of ICU, which collide with the copy inside Foundation. What they
// add is two pointers at the end of a structure that nothing here looks into.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
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
