// SPDX-License-Identifier: Apache-2.0
/**
 * What everybody agrees on: a model without state, its parameters, the tape that remembers the
 * newest steps, and the arrays that go in and out.
 */
package dev.unspool.model;
