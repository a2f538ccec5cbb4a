// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Numbers of processors, and which of them this process may use, as Linux tells it. A list of them
 * is written as there: {@code 0,2-3}.
 */
final class Processors {
  /** More than any machine has: what is above is a slip of the pen, not a list to be counted up. */
  private static final int MOST = 1 << 16;

  private Processors() {}

  /**
   * The processors that this process may use, those first that share no core with one before them.
   *
   * @param root where {@code proc} and {@code sys} are, {@code /} but in tests
   * @return none where the system does not say
   */
  static List<Integer> allowed(Path root) {
    List<Integer> all = List.of();
    try (var lines = Files.lines(root.resolve("proc/self/status"), StandardCharsets.UTF_8)) {
      all =
          lines
              .filter(line -> line.startsWith("Cpus_allowed_list:"))
              .map(line -> parse(line.substring(line.indexOf(':') + 1)))
              .findFirst()
              .orElse(all);
    } catch (IOException | IllegalArgumentException _) {
      return List.of(); // Not Linux.
    }
    var first = new LinkedHashSet<Integer>();
    var busy = new ArrayList<Integer>();
    for (int processor : all) {
      if (!busy.contains(processor)) {
        first.add(processor);
        busy.addAll(siblings(root, processor));
      }
    }
    first.addAll(all);
    return List.copyOf(first);
  }

  /** The processors of the same core; none where the system does not say. */
  private static List<Integer> siblings(Path root, int processor) {
    Path file =
        root.resolve("sys/devices/system/cpu/cpu" + processor + "/topology/thread_siblings_list");
    try {
      return parse(Files.readString(file));
    } catch (IOException | IllegalArgumentException _) {
      return List.of();
    }
  }

  /**
   * Reads a list.
   *
   * @param list e.g. {@code 0,2-3}
   * @throws IllegalArgumentException if it is none
   */
  static List<Integer> parse(String list) {
    var result = new LinkedHashSet<Integer>();
    for (String part : list.strip().split(",", -1)) {
      String[] ends = part.split("-", 2);
      try {
        int from = Integer.parseInt(ends[0]);
        int to = Integer.parseInt(ends[ends.length - 1]);
        if (from < 0 || to < from || to >= MOST) {
          throw new NumberFormatException(part);
        }
        for (int processor = from; processor <= to; processor++) {
          result.add(processor);
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "'%s' is no list of processors; expected numbers as in 0,2-3".formatted(list.strip()),
            e);
      }
    }
    return List.copyOf(result);
  }

  /** The list as {@code taskset} and {@link #parse} read it. */
  static String list(List<Integer> processors) {
    return processors.stream().map(n -> Integer.toString(n)).collect(Collectors.joining(","));
  }
}
