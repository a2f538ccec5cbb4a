// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text format of Prometheus, version 0.0.4, as strict as its description. */
final class PrometheusText {
  private static final Pattern COMMENT =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("\\G,?([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"");

  private PrometheusText() {}

  /** Values by name and labels, e.g. {@code name{a=x, b=y}}; fails where it is not that format. */
  static Map<String, Double> parse(String text) {
    assertTrue(text.endsWith("\n"), "ends with a line feed");
    Map<String, String> types = new HashMap<>();
    Map<String, String> helps = new HashMap<>();
    Map<String, Double> samples = new LinkedHashMap<>();
    String family = "";
    for (String line : text.split("\n")) {
      Matcher comment = COMMENT.matcher(line);
      if (comment.matches()) {
        Map<String, String> of = comment.group(1).equals("HELP") ? helps : types;
        assertEquals(null, of.put(comment.group(2), comment.group(3)), line);
        family = comment.group(2);
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertTrue(sample.matches(), line);
      assertEquals(family, sample.group(1), "samples of a name stand together");
      String type = types.getOrDefault(family, "none");
      assertTrue(type.equals("gauge") || type.equals("counter"), line);
      assertEquals(type.equals("counter"), family.endsWith("_total"), line);
      assertTrue(helps.containsKey(family), line);
      double value = Double.parseDouble(sample.group(3));
      String labels = sample.group(2) == null ? "" : labels(sample.group(2)).toString();
      assertEquals(null, samples.put(family + labels, value), line);
    }
    return samples;
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(text);
    int end = 0;
    while (label.find()) {
      String value =
          label.group(2).replace("\\\\", "\u0000").replace("\\\"", "\"").replace("\\n", "\n");
      assertEquals(null, labels.put(label.group(1), value.replace('\u0000', '\\')), text);
      end = label.end();
    }
    assertEquals(text.length(), end, text);
    return labels;
  }
}
