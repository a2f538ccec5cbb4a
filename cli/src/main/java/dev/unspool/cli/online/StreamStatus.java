// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a stream stands: what is published every second, and a line of {@code metrics.jsonl}.
 *
 * @param at when it was said, as ISO 8601 in UTC
 * @param records consumed since the very beginning, of any kind
 * @param unusable of them, those that were not predicted from
 * @param recordsPerSecond of late
 * @param keys that are remembered
 * @param updates of the weights
 * @param incidents by kind, those that happened
 * @param snapshot records that the newest snapshot on the disk is of
 * @param figures errors by target and horizon
 * @param newest what was said last; null before anything was
 */
public record StreamStatus(
    String at,
    long records,
    long unusable,
    double recordsPerSecond,
    int keys,
    long updates,
    Map<String, Long> incidents,
    long snapshot,
    List<Figures> figures,
    @Nullable Newest newest) {

  /**
   * How well a target is predicted at a horizon; each row is judged before it teaches.
   *
   * @param target its name
   * @param ahead how many rows ahead
   * @param rows that were judged
   * @param lately errors of the newest rows, with weights that fade over 1000
   * @param total errors of all rows
   * @param drift how near the model's error is to an alarm, from 0 to 1
   * @param alarms that its error has grown
   */
  public record Figures(
      String target,
      int ahead,
      long rows,
      Errors lately,
      Errors total,
      double drift,
      long alarms) {}

  /**
   * Errors over the same rows.
   *
   * @param mae mean size of the model's error; null before there is one
   * @param rmse root of its mean square
   * @param relative its mean size as a share of the mean size of a truth
   * @param combined mean size of the error of what model and baselines say together
   * @param baselines mean size of the error of each baseline, by name
   */
  public record Errors(
      @Nullable Double mae,
      @Nullable Double rmse,
      @Nullable Double relative,
      @Nullable Double combined,
      Map<String, @Nullable Double> baselines) {}

  /**
   * The record that was answered last.
   *
   * @param record its number
   * @param key of it; empty where there is but one
   * @param truths of each target; null where it is not known
   * @param predictions by target, then by horizon
   */
  public record Newest(
      long record,
      String key,
      List<@Nullable Double> truths,
      List<List<@Nullable Double>> predictions) {}
}
