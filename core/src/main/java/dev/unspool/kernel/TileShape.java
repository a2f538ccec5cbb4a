// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * What a tile is made for.
 *
 * @param rows of the result, whose sums stay in registers
 * @param vectors of each row, two of a panel and at last one or two
 * @param packed 0 where the factors of each row are dense, and rows apart; else how far it is from
 *     the factors of one k to those of the next, the rows' beside each other
 * @param fresh whether the sums begin with zeros
 */
record TileShape(int rows, int vectors, int packed, boolean fresh) {}
