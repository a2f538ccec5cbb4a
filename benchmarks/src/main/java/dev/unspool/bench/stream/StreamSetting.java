// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import dev.unspool.loss.Loss;
import dev.unspool.network.Cell;
import dev.unspool.online.Reference;
import dev.unspool.optimizer.LearningRate;

/**
 * How a stream is forecast and judged.
 *
 * @param horizons in rows, ascending
 * @param seasons in rows, at least one; the first is that of the baselines
 * @param from first row that counts
 * @param memory of scales and of the baselines, in rows
 * @param rate of the network's updates
 * @param decay of weights, decoupled
 * @param loss of scaled changes
 * @param rehearsals how many rows of the past are learned again at each row
 * @param reference what the network's outputs are relative to
 * @param driftRate by how much the rate is raised for a while when errors have grown; 1: not
 */
record StreamSetting(
    int[] horizons,
    int[] seasons,
    int from,
    Cell cell,
    int hidden,
    int k2,
    double memory,
    LearningRate rate,
    double decay,
    Loss loss,
    int rehearsals,
    Reference reference,
    double driftRate) {}
