// SPDX-License-Identifier: Apache-2.0
/** Runs: their configuration, their folder, what they learn, and the loop that trains. */
@NullMarked
package dev.unspool.cli.run;

import org.jspecify.annotations.NullMarked;
