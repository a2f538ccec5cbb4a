// SPDX-License-Identifier: Apache-2.0
/** Any libtorch step function or module as a model of the TBPTT engine, and heads on top. */
@NullMarked
package dev.unspool.torch;

import org.jspecify.annotations.NullMarked;
