// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import org.jspecify.annotations.Nullable;

/**
 * One line of {@code metrics.jsonl}.
 *
 * @param update number of updates so far
 * @param step number of steps (of every lane) so far
 * @param epoch pass over the data, from 1
 * @param loss mean training loss since the report before; null if nothing was counted
 * @param validation loss on the validation part, where it was just measured
 * @param gradientNorm of the newest update, before clipping; null if it was not finite
 * @param rate learning rate of the newest update
 * @param stepsPerSecond since the report before, counted for every lane; null if nothing ran
 * @param seconds that training had gone on at the newest update, in all processes; null in reports
 *     of earlier versions
 */
public record Report(
    long update,
    long step,
    int epoch,
    @Nullable Double loss,
    @Nullable Double validation,
    @Nullable Double gradientNorm,
    double rate,
    @Nullable Double stepsPerSecond,
    @Nullable Double seconds) {}
