/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sqlite ROWS: a database in memory: insert, index, join, sort.  The
 * results of each query go into a checksum that is printed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sqlite3.h>
#include "arguments.h"

/* The joins' index; the gate's test has a program without it. */
#ifndef CUSTOMER_INDEX
#define CUSTOMER_INDEX "CREATE INDEX purchase_customer ON purchase (customer);"
#endif

/* The queries of the third part; each row of their results is summed. */
static const char *const queries[] = {
    /* a join over the index, grouped */
    "SELECT c.name, count(*), sum(o.amount) FROM customer c JOIN purchase o ON o.customer = c.id"
    " GROUP BY c.id ORDER BY sum(o.amount) DESC, c.name",
    /* a sort by text that no index gives */
    "SELECT note, amount FROM purchase ORDER BY note, amount",
    /* a range over the second index, with a pattern */
    "SELECT count(*), max(note) FROM purchase WHERE amount BETWEEN 1000 AND 5000 AND note LIKE"
    " '%7%'",
    /* a subquery for each row */
    "SELECT name, (SELECT max(amount) FROM purchase WHERE customer = customer.id) FROM customer"
    " ORDER BY 2, 1",
};

static _Noreturn void fail(sqlite3 *db, const char *what)
{
	dprintf(2, "sqlite: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "out of memory");
	exit(1);
}

static void execute(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail(db, sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail(db, sql);
	return statement;
}

static void step(sqlite3 *db, sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE || sqlite3_reset(statement) != SQLITE_OK)
		fail(db, "insert");
}

static void insert_customers(sqlite3 *db, unsigned long n)
{
	sqlite3_stmt *statement = prepare(db, "INSERT INTO customer VALUES (?, ?)");
	char name[32];

	for (unsigned long i = 0; i < n; i++) {
		snprintf(name, sizeof name, "customer %05lu", i * 7919 % n);
		sqlite3_bind_int64(statement, 1, (sqlite3_int64)i);
		sqlite3_bind_text(statement, 2, name, -1, SQLITE_TRANSIENT);
		step(db, statement);
	}
	sqlite3_finalize(statement);
}

static void insert_purchases(sqlite3 *db, unsigned long n, unsigned long nr_customers)
{
	sqlite3_stmt *statement =
	    prepare(db, "INSERT INTO purchase (customer, amount, note) VALUES (?, ?, ?)");
	uint64_t x = 88172645463325252UL;
	char note[48];

	for (unsigned long i = 0; i < n; i++) {
		/* xorshift64, Marsaglia 2003 */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		snprintf(note, sizeof note, "order %lx of %lu", (unsigned long)(x >> 40), i);
		sqlite3_bind_int64(statement, 1, (sqlite3_int64)(x % nr_customers));
		sqlite3_bind_int64(statement, 2, (sqlite3_int64)(x >> 20 & 0x3fff));
		sqlite3_bind_text(statement, 3, note, -1, SQLITE_TRANSIENT);
		step(db, statement);
	}
	sqlite3_finalize(statement);
}

/* Run a query; its rows go into SUM (FNV-1a of the columns as text). */
static uint64_t query(sqlite3 *db, const char *sql, uint64_t sum, unsigned long *rows)
{
	sqlite3_stmt *statement = prepare(db, sql);
	int status;

	while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			const unsigned char *text = sqlite3_column_text(statement, i);

			for (; text != NULL && *text != '\0'; text++)
				sum = (sum ^ *text) * 0x100000001b3UL;
		}
		++*rows;
	}
	if (status != SQLITE_DONE)
		fail(db, sql);
	sqlite3_finalize(statement);
	return sum;
}

int main(int argc, char **argv)
{
	static const struct argument argument = {"ROWS", "purchases to insert", 3000, 10, 1000000};
	static const struct program program = {
	    "sqlite", "A database in memory: insert, index, join, sort.", &argument, 1};
	unsigned long n, rows = 0;
	uint64_t sum = 0xcbf29ce484222325UL;
	sqlite3 *db;

	arguments_read(&program, argc, argv, &n);
	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		fail(db, "open");
	execute(db,
		"CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT);"
		"CREATE TABLE purchase (id INTEGER PRIMARY KEY, customer INTEGER, amount INTEGER,"
		" note TEXT);"
		"BEGIN");
	insert_customers(db, n / 10);
	insert_purchases(db, n, n / 10);
	execute(db, "COMMIT;" CUSTOMER_INDEX "CREATE INDEX purchase_amount ON purchase (amount)");
	for (unsigned i = 0; i < sizeof queries / sizeof queries[0]; i++)
		sum = query(db, queries[i], sum, &rows);
	sqlite3_close(db);
	printf("sqlite %s: %lu purchases, %lu rows, checksum %016llx\n", sqlite3_libversion(), n,
	       rows, (unsigned long long)sum);
	return 0;
}
