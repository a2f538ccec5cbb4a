// SPDX-License-Identifier: Apache-2.0
/** Recurrent cells: each file holds the equations of one, written as any user would write them. */
package dev.unspool.cell;
