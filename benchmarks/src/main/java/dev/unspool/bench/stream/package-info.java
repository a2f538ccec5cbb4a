// SPDX-License-Identifier: Apache-2.0
/** How well streams are learned, beside what a stream's user would try first. */
package dev.unspool.bench.stream;
