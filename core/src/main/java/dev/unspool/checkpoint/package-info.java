// SPDX-License-Identifier: Apache-2.0
/** Parameters and snapshots on disk, in a format that other programs read. */
package dev.unspool.checkpoint;
