// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.report.Json;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page in one text: markup, style, scripts and data. A policy forbids everything that is not in
 * it, whatever names of columns or files may try: it names the hash of each of our scripts and
 * styles, and no other source.
 *
 * @param html the page, the same bytes wherever it is made
 * @param policy which is in its head
 */
public record Page(String html, String policy) {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  /** What every page with charts has. */
  private static final List<String> SCRIPTS = List.of("page.js", "time.js", "lines.js", "chart.js");

  /**
   * Fills a template, in one pass: what is filled in is not looked at again.
   *
   * @param template with places for title, policy, style, data, library and script
   * @param title of the page
   * @param data what the script finds
   * @param script of this page, behind those for charts
   * @param more directives of the policy, each after a semicolon; may be empty
   */
  public static Page of(String template, String title, Object data, String script, String more) {
    String style = uplot("dist/uPlot.min.css") + "\n" + own("page.css");
    String library = "/*\n" + uplot("LICENSE") + "*/\n" + uplot("dist/uPlot.iife.min.js");
    String scripts = SCRIPTS.stream().map(Page::own).collect(Collectors.joining()) + script;
    String policy =
        "default-src 'none'; style-src '%s'; script-src '%s' '%s'; base-uri 'none'; form-action 'none'%s"
            .formatted(hash(style), hash(library), hash(scripts), more);
    Map<String, String> values =
        Map.of(
            "title",
            escaped(title),
            "policy",
            policy,
            "style",
            style,
            "data",
            harmless(Json.line(data)),
            "library",
            library,
            "script",
            scripts);
    String html =
        PLACE
            .matcher(template)
            .replaceAll(
                place ->
                    Matcher.quoteReplacement(
                        Objects.requireNonNull(values.get(place.group(1)), place.group(1))));
    return new Page(html, policy);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** JSON in which no parser of HTML finds an end or a comment. */
  private static String harmless(String json) {
    return json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
  }

  private static String hash(String content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // each Java has it
    }
  }

  private static String own(String name) {
    return resource(Page.class, name);
  }

  private static String uplot(String name) {
    ClassLoader loader = Page.class.getClassLoader();
    var about = new Properties();
    String properties = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    try (InputStream in = loader.getResourceAsStream(properties)) {
      about.load(Objects.requireNonNull(in, properties));
    } catch (IOException e) {
      throw new AssertionError(e); // it is in our own jars
    }
    String path =
        "META-INF/resources/webjars/uplot/%s/%s".formatted(about.getProperty("version"), name);
    return read(loader.getResourceAsStream(path), path);
  }

  /** A text that lies beside a class. */
  public static String resource(Class<?> beside, String name) {
    return read(beside.getResourceAsStream(name), name);
  }

  private static String read(InputStream content, String name) {
    try (InputStream in = Objects.requireNonNull(content, name)) {
      return new String(in.readAllBytes(), UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new AssertionError(e); // it is in our own jars
    }
  }
}
