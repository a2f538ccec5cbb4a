// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.unspool.cli.report.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What learns from a stream, but for its weights: {@code config.json}.
 *
 * @param format of this file
 * @param stream what is read
 * @param learning what learns
 * @param upkeep what is kept
 * @param inherited scales of the run whose weights it began with; null of what began with random
 *     ones
 * @param from that run's folder
 */
public record OnlineConfig(
    int format,
    StreamConfig stream,
    LearningConfig learning,
    UpkeepConfig upkeep,
    @Nullable Inherited inherited,
    @Nullable String from) {
  static final int FORMAT = 1;

  /** Parts that may change while a stream goes on. */
  private static final Set<String> FREE =
      Set.of(
          "upkeep",
          "learning.lr",
          "learning.drift_rate",
          "learning.rule.clip",
          "learning.rule.clip_value",
          "learning.combine",
          "learning.guards");

  /** A new one. */
  public OnlineConfig(
      StreamConfig stream,
      LearningConfig learning,
      UpkeepConfig upkeep,
      @Nullable Inherited inherited,
      @Nullable String from) {
    this(FORMAT, stream, learning, upkeep, inherited, from);
  }

  /**
   * A setting that differs.
   *
   * @param name its path
   * @param before what it was
   * @param now what it shall be
   * @param allowed whether a stream can go on with it
   */
  public record Difference(String name, String before, String now, boolean allowed) {}

  /** In what another one differs. */
  public List<Difference> differences(OnlineConfig other) {
    var differences = new ArrayList<Difference>();
    compare("", Json.tree(this), Json.tree(other), differences);
    return differences;
  }

  private static void compare(
      String name,
      @Nullable JsonElement before,
      @Nullable JsonElement now,
      List<Difference> differences) {
    if (before instanceof JsonObject one && now instanceof JsonObject two) {
      var members = new LinkedHashSet<>(one.keySet());
      members.addAll(two.keySet());
      for (String member : members) {
        compare(
            name.isEmpty() ? member : name + "." + member,
            one.get(member),
            two.get(member),
            differences);
      }
    } else if (before == null || !before.equals(now)) {
      boolean allowed =
          FREE.stream().anyMatch(free -> name.equals(free) || name.startsWith(free + "."));
      differences.add(new Difference(name, text(before), text(now), allowed));
    }
  }

  private static String text(@Nullable JsonElement value) {
    return value == null ? "not given" : value.toString();
  }
}
