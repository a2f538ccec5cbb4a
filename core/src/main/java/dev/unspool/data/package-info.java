// SPDX-License-Identifier: Apache-2.0
/** Data as streams of steps: numeric tables, text, and generated tasks. */
package dev.unspool.data;
