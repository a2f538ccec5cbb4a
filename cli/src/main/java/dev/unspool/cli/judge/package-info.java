// SPDX-License-Identifier: Apache-2.0
/** Judges forecasts from many origins by how far ahead they look, beside what costs nothing. */
@NullMarked
package dev.unspool.cli.judge;

import org.jspecify.annotations.NullMarked;
