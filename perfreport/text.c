/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

void text_free(struct text *text)
{
	free(text->bytes);
	memset(text, 0, sizeof *text);
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
	if (length == 0)
		return;
	text->bytes = must_grow(text->bytes, &text->capacity, text->length + length, 1);
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_print(struct text *text, const char *format, ...)
{
	char small[512];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (length < 0)
		return;
	if ((size_t)length < sizeof small) {
		text_add_bytes(text, small, length);
		return;
	}
	text->bytes = must_grow(text->bytes, &text->capacity, text->length + length + 1, 1);
	va_start(args, format);
	vsnprintf(text->bytes + text->length, length + 1, format, args);
	va_end(args);
	text->length += length;
}

/* Bytes of the UTF-8 sequence at s (RFC 3629, section 4); 0: not one. */
static size_t utf8_length(const unsigned char *s)
{
	size_t length;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		length = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		length = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		length = 4;
	else
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

void text_add_json(struct text *text, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;

	text_add(text, "\"");
	while (*s) {
		size_t length = utf8_length(s);

		if (length == 0) {
			text_add(text, "\\ufffd");
			length = 1;
		} else if (*s == '"' || *s == '\\') {
			text_print(text, "\\%c", *s);
		} else if (*s < 0x20 || *s == 0x7f || *s == '<' || *s == '>' || *s == '&') {
			text_print(text, "\\u%04x", *s);
		} else {
			text_add_bytes(text, s, length);
		}
		s += length;
	}
	text_add(text, "\"");
}

void text_add_html(struct text *text, const char *string)
{
	const unsigned char *s = (const unsigned char *)string;

	while (*s) {
		size_t length = utf8_length(s);

		if (length == 0 || (*s < 0x20 && *s != '\t' && *s != '\n'))
			text_add(text, "\xef\xbf\xbd");
		else if (*s == '&')
			text_add(text, "&amp;");
		else if (*s == '<')
			text_add(text, "&lt;");
		else if (*s == '>')
			text_add(text, "&gt;");
		else if (*s == '"')
			text_add(text, "&quot;");
		else if (*s == '\'')
			text_add(text, "&#39;");
		else
			text_add_bytes(text, s, length);
		s += length ? length : 1;
	}
}

void text_add_base64(struct text *text, const void *bytes, size_t length)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *in = bytes;
	char *out;

	if (length == 0)
		return;
	text->bytes =
	    must_grow(text->bytes, &text->capacity, text->length + (length + 2) / 3 * 4, 1);
	out = text->bytes + text->length;
	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t group = (uint32_t)in[i] << 16 | (left > 1 ? in[i + 1] << 8 : 0) |
				 (left > 2 ? in[i + 2] : 0);

		*out++ = digits[group >> 18];
		*out++ = digits[group >> 12 & 63];
		*out++ = left > 1 ? digits[group >> 6 & 63] : '=';
		*out++ = left > 2 ? digits[group & 63] : '=';
	}
	text->length = out - text->bytes;
}

void text_add_varint(struct text *text, uint64_t number)
{
	uint8_t bytes[10];
	size_t length = 0;

	do {
		bytes[length] = number & 127;
		number >>= 7;
		if (number)
			bytes[length] |= 128;
		length++;
	} while (number);
	text_add_bytes(text, bytes, length);
}

void text_add_csv(struct text *text, const char *string)
{
	if (strpbrk(string, ",\"\r\n") == NULL) {
		text_add(text, string);
		return;
	}
	text_add(text, "\"");
	for (; *string; string++)
		text_add_bytes(text, *string == '"' ? "\"\"" : string, *string == '"' ? 2 : 1);
	text_add(text, "\"");
}
