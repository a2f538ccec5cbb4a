// SPDX-License-Identifier: Apache-2.0
/** Identifying a plant from measurements: fit a model, judge it, keep it, simulate it. */
@NullMarked
package dev.unspool.cli.fit;

import org.jspecify.annotations.NullMarked;
