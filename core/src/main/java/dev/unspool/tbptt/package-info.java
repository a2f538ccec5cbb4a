// SPDX-License-Identifier: Apache-2.0
/** Truncated backpropagation through time: the only room that knows k1 and k2. */
package dev.unspool.tbptt;
