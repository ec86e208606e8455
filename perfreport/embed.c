/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * embed OUT.c TABLE FILE...: a C table of files, for the build only.  The names of
 * the table's entries are those of the files without their directory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void embed(FILE *out, const char *path, int index)
{
	FILE *in = fopen(path, "rb");
	int byte;
	long column = 0;

	if (in == NULL) {
		perror(path);
		exit(1);
	}
	fprintf(out, "static const char file%d[] = {", index);
	while ((byte = getc(in)) != EOF)
		fprintf(out, "%s%d,", column++ % 20 ? "" : "\n", byte < 128 ? byte : byte - 256);
	fputs("0};\n", out);
	fclose(in);
}

int main(int argc, char **argv)
{
	FILE *out = argc > 3 ? fopen(argv[1], "w") : NULL;

	if (out == NULL) {
		fputs("usage: embed OUT.c TABLE FILE...\n", stderr);
		return 1;
	}
	fputs("#include \"template.h\"\n", out);
	for (int i = 3; i < argc; i++)
		embed(out, argv[i], i);
	fprintf(out, "const struct template_file %s[] = {\n", argv[2]);
	for (int i = 3; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');

		fprintf(out, "\t{\"%s\", file%d, sizeof file%d - 1},\n",
			slash ? slash + 1 : argv[i], i, i);
	}
	fputs("\t{0, 0, 0},\n};\n", out);
	return fclose(out) == 0 ? 0 : 1;
}
