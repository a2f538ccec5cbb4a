// SPDX-License-Identifier: Apache-2.0
/** What the built-in cells learn in equal time: {@code unspool bench tasks}. */
@NullMarked
package dev.unspool.bench.task;

import org.jspecify.annotations.NullMarked;
