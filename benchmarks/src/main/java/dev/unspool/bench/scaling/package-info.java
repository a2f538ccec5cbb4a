// SPDX-License-Identifier: Apache-2.0
/** How the cost of a step grows with units, lanes, depth and threads, beside what it must cost. */
package dev.unspool.bench.scaling;
