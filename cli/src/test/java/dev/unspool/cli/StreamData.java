// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small streams, and options that make learning them quick. */
final class StreamData {
  private StreamData() {}

  /** Options of a small network. */
  static Object[] words(Object folder, Object... more) {
    var words =
        new ArrayList<Object>(
            List.of(
                "--target",
                "load",
                "--input",
                "load,temp",
                "--hidden",
                4,
                "--k2",
                5,
                "--warm-up",
                6,
                "--season",
                4,
                "--out",
                folder));
    words.addAll(List.of(more));
    return words.toArray();
  }

  /** Lines of a stream with some missing numbers, and a header. */
  static List<String> csv(int records, int keys) {
    var random = new Random(5);
    var lines = new ArrayList<String>(List.of("at,host,load,temp"));
    for (int i = 0; i < records; i++) {
      String load =
          i % 13 == 7 ? "" : String.valueOf((float) (5 + Math.sin(i) + random.nextGaussian()));
      String temp = i % 17 == 3 ? "NA" : String.valueOf(20 + i % 4);
      lines.add(
          "2024-03-01T00:%s%s:00Z,h%s,%s,%s"
              .formatted(i / 10 % 6, i % 10, keys == 0 ? 0 : random.nextInt(keys), load, temp));
    }
    return lines;
  }

  /** The same as JSON. */
  static List<String> json(List<String> csv) {
    return csv.stream()
        .skip(1)
        .map(
            line -> {
              String[] fields = line.split(",", -1);
              return "{\"host\":\"%s\", \"at\":\"%s\",\"other\":[1,{\"a\":null}],\"load\":%s,\"temp\":%s}"
                  .formatted(fields[1], fields[0], number(fields[2]), number(fields[3]));
            })
        .toList();
  }

  private static String number(String field) {
    return field.isEmpty() || field.equals("NA") ? "null" : field;
  }

  static String text(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }
}
