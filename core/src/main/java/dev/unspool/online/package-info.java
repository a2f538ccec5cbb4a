// SPDX-License-Identifier: Apache-2.0
/** Streams that do not end: predict, then learn, record by record, and survive what comes. */
package dev.unspool.online;
