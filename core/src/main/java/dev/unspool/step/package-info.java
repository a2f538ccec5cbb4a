// SPDX-License-Identifier: Apache-2.0
/** A recurrent step, written once, as equations; everything else is derived from them. */
package dev.unspool.step;
