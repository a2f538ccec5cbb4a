// SPDX-License-Identifier: Apache-2.0
/** The {@code unspool} command. */
@NullMarked
package dev.unspool.cli;

import org.jspecify.annotations.NullMarked;
