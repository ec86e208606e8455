/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formatted output; <stdio.h> says which formats. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where text goes: a buffer, and from there to FD if that is not 0.  LENGTH
   counts all of it, also what found no room. */
struct sink {
	char *to;
	size_t size, used, length;
	int fd;
};

/* One conversion, from its % to its letter. */
struct conversion {
	unsigned width, precision;
	int left, zero, has_precision, longs;
};

static void put(struct sink *sink, char c)
{
	if (sink->fd != 0 && sink->used == sink->size) {
		write(sink->fd, sink->to, sink->used);
		sink->used = 0;
	}
	if (sink->used < sink->size)
		sink->to[sink->used++] = c;
	sink->length++;
}

static void put_padded(struct sink *sink, const struct conversion *c, const char *text,
		       size_t length)
{
	size_t pad = c->width > length ? c->width - length : 0;

	if (!c->left) {
		for (size_t i = 0; i < pad; i++)
			put(sink, ' ');
	}
	for (size_t i = 0; i < length; i++)
		put(sink, text[i]);
	if (c->left) {
		for (size_t i = 0; i < pad; i++)
			put(sink, ' ');
	}
}

static void put_number(struct sink *sink, const struct conversion *c, uint64_t value, unsigned base,
		       int negative, int upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[72];
	size_t at = sizeof text;

	do {
		text[--at] = digits[value % base];
		value /= base;
	} while (value != 0);
	if (c->zero && !c->left) {
		while (sizeof text - at + (negative != 0) < c->width && at > 1)
			text[--at] = '0';
	}
	if (negative)
		text[--at] = '-';
	put_padded(sink, c, text + at, sizeof text - at);
}

/* Read the flags and sizes of a conversion; the place of its letter. */
static const char *parse(const char *p, struct conversion *c, va_list *arguments)
{
	*c = (struct conversion){0};
	for (;; p++) {
		if (*p == '-')
			c->left = 1;
		else if (*p == '0')
			c->zero = 1;
		else
			break;
	}
	if (*p == '*') {
		c->width = (unsigned)va_arg(*arguments, int);
		p++;
	}
	for (; *p >= '0' && *p <= '9'; p++)
		c->width = c->width * 10 + (unsigned)(*p - '0');
	if (*p == '.') {
		c->has_precision = 1;
		if (*++p == '*') {
			c->precision = (unsigned)va_arg(*arguments, int);
			p++;
		}
		for (; *p >= '0' && *p <= '9'; p++)
			c->precision = c->precision * 10 + (unsigned)(*p - '0');
	}
	for (; *p == 'l' || *p == 'z' || *p == 'h'; p++)
		c->longs += *p != 'h';
	return p;
}

static void convert(struct sink *sink, const struct conversion *c, char letter, va_list *arguments)
{
	int64_t number;
	const char *text;
	char one;

	switch (letter) {
	case 'd':
	case 'i':
		number = c->longs > 1 ? va_arg(*arguments, long long)
			 : c->longs   ? va_arg(*arguments, long)
				      : va_arg(*arguments, int);
		put_number(sink, c, number < 0 ? -(uint64_t)number : (uint64_t)number, 10,
			   number < 0, 0);
		break;
	case 'u':
	case 'x':
	case 'X':
		put_number(sink, c,
			   c->longs > 1 ? va_arg(*arguments, unsigned long long)
			   : c->longs	? va_arg(*arguments, unsigned long)
					: va_arg(*arguments, unsigned),
			   letter == 'u' ? 10 : 16, 0, letter == 'X');
		break;
	case 'p':
		put(sink, '0');
		put(sink, 'x');
		put_number(sink, c, (uintptr_t)va_arg(*arguments, void *), 16, 0, 0);
		break;
	case 'c':
		one = (char)va_arg(*arguments, int);
		put_padded(sink, c, &one, 1);
		break;
	case 's':
		text = va_arg(*arguments, const char *);
		if (text == NULL)
			text = "(null)";
		put_padded(sink, c, text,
			   c->has_precision ? strnlen(text, c->precision) : strlen(text));
		break;
	default:
		put(sink, letter);
	}
}

static void format_into(struct sink *sink, const char *format, va_list arguments)
{
	struct conversion c;
	va_list rest;

	va_copy(rest, arguments);
	for (const char *p = format; *p != '\0'; p++) {
		if (*p != '%') {
			put(sink, *p);
			continue;
		}
		p = parse(p + 1, &c, &rest);
		if (*p == '\0')
			break;
		convert(sink, &c, *p, &rest);
	}
	va_end(rest);
}

int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list arguments)
{
	struct sink sink = {.to = to, .size = size > 0 ? size - 1 : 0};

	format_into(&sink, format, arguments);
	if (size > 0)
		to[sink.used] = '\0';
	return (int)sink.length;
}

int snprintf(char *restrict to, size_t size, const char *restrict format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(to, size, format, arguments);
	va_end(arguments);
	return n;
}

static int write_formatted(int fd, const char *format, va_list arguments)
{
	char text[1024];
	struct sink sink = {.to = text, .size = sizeof text, .fd = fd};

	format_into(&sink, format, arguments);
	if (write(fd, text, sink.used) != (ssize_t)sink.used)
		return -1;
	return (int)sink.length;
}

int printf(const char *restrict format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = write_formatted(1, format, arguments);
	va_end(arguments);
	return n;
}

int dprintf(int fd, const char *restrict format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = write_formatted(fd, format, arguments);
	va_end(arguments);
	return n;
}

int puts(const char *s)
{
	return printf("%s\n", s);
}
