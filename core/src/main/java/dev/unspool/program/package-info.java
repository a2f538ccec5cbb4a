// SPDX-License-Identifier: Apache-2.0
/**
 * The program of a recurrent step: a graph of array operations, its derivative, and what runs it.
 */
package dev.unspool.program;
