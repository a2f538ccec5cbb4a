// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.program.TapeStore;
import dev.unspool.kernel.Kernels;

/**
 * What the layers of one tape share.
 *
 * @param kernels the hot loops
 * @param store where per-step arrays live
 * @param lanes number of lanes
 * @param resets slots × lanes: not 0 where a lane began a sequence with the step
 * @param versionOf slots: the version of the weights that the step ran with
 */
record TapeArrays(Kernels kernels, TapeStore store, int lanes, int[] resets, int[] versionOf) {}
