// SPDX-License-Identifier: Apache-2.0
/**
 * The oracle: truncated backpropagation through time by its definition, in float64, slow and plain.
 */
@NullMarked
package dev.unspool.reference;

import org.jspecify.annotations.NullMarked;
