using System.Globalization;
using System.Text.Json;
using GatewayMesh.Commands.Status;
using GatewayMesh.Commands.Terminal;

namespace GatewayMesh.Commands.Explain;

/// <summary>Which way a request takes from the name of its service to instances, as text; nothing where the name leads straight there.</summary>
internal static class RouteText
{
    /// <summary>Prints rules, splits and targets.</summary>
    public static void Print(JsonElement answer, Paint paint, TextWriter output)
    {
        var route = answer.GetProperty("route");
        var label = "route";
        foreach (var rule in route.GetProperty("rules").EnumerateArray())
        {
            var matches = rule.GetProperty("matches").GetBoolean();
            var verdict = matches ? paint.Text("matches", Hue.Good)
                : paint.Text(Text(rule, "asks") == Text(rule, "fails") ? "does not match" : $"does not match: {Text(rule, "fails")} does not hold", Hue.Faint);
            Line(output, ref label, string.Create(CultureInfo.InvariantCulture, $"{Text(rule, "router")}[{rule.GetProperty("rule").GetInt32()}] {Text(rule, "asks")}: {verdict}"));
        }

        if (Text(route, "rewritten") is { Length: > 0 } rewritten)
        {
            Line(output, ref label, $"the path becomes {rewritten}");
        }

        label = "split";
        foreach (var split in route.GetProperty("splits").EnumerateArray())
        {
            Line(output, ref label, $"{Text(split, "splitter")}: {string.Join(", ", split.GetProperty("legs").EnumerateArray().Select(leg => Leg(leg, paint)))} (drawn as an example)");
        }

        if (Text(route, "name").Length > 0)
        {
            PrintTargets(answer, paint, output);
        }
    }

    private static void PrintTargets(JsonElement answer, Paint paint, TextWriter output)
    {
        var (label, failovers) = ("target", 0);
        foreach (var target in answer.GetProperty("targets").EnumerateArray())
        {
            var word = Text(target, "state") switch
            {
                "well" => paint.Text("well", Hue.Good),
                "dormant" => "the registry is asked first",
                "ejected" => paint.Text("every healthy instance is ejected", Hue.Warn),
                "refused" => paint.Text("every instance has an address that this node never dials", Hue.Bad),
                "unhealthy" => paint.Text("no instance is healthy", Hue.Bad),
                _ => paint.Text("no instance", Hue.Bad),
            };
            Line(output, ref label, $"{Text(target, "id")}: {word}{(target.GetProperty("chosen").GetBoolean() ? ", taken" : "")}");
            label = failovers++ == 0 ? "failover" : "";
        }
    }

    private static string Leg(JsonElement leg, Paint paint)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{leg.GetProperty("percent").GetDecimal():0.##} % to {Text(leg, "to")}");
        return leg.GetProperty("drawn").GetBoolean() ? paint.Text(text + " *", Hue.Good) : text;
    }

    // The label stands on the first line only.
    private static void Line(TextWriter output, ref string label, string text)
    {
        output.WriteLine($"  {label,-10} {text}");
        label = "";
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.Words() : "";
}
