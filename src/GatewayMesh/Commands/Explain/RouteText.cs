using System.Globalization;
using System.Text.Json;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of the route from the service name to instances. Empty when the name leads straight to its instances.</summary>
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
            var verdict = matches ? paint.Text("matches", TextStyle.Good)
                : paint.Text(
                    Text(rule, "asks") == Text(rule, "fails") ? "does not match" : $"does not match: {Text(rule, "fails")} does not hold",
                    TextStyle.Faint);
            Line(
                output,
                ref label,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Text(rule, "router")}[{rule.GetProperty("rule").GetInt32()}] {Text(rule, "asks")}: {verdict}"));
        }

        if (Text(route, "rewritten") is { Length: > 0 } rewritten)
        {
            Line(output, ref label, $"the path becomes {rewritten}");
        }

        label = "split";
        foreach (var split in route.GetProperty("splits").EnumerateArray())
        {
            Line(
                output,
                ref label,
                $"{Text(split, "splitter")}: "
                    + $"{string.Join(", ", split.GetProperty("legs").EnumerateArray().Select(leg => Leg(leg, paint)))} (example sample)");
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
                "well" => paint.Text("healthy", TextStyle.Good),
                "dormant" => "read from the registry on the first request",
                "ejected" => paint.Text("every healthy instance is ejected", TextStyle.Warn),
                "refused" => paint.Text("every instance has an address that this node refuses to dial", TextStyle.Bad),
                "unhealthy" => paint.Text("no instance is healthy", TextStyle.Bad),
                _ => paint.Text("no instance", TextStyle.Bad),
            };
            Line(output, ref label, $"{Text(target, "id")}: {word}{(target.GetProperty("chosen").GetBoolean() ? ", chosen" : "")}");
            label = failovers++ == 0 ? "failover" : "";
        }
    }

    private static string Leg(JsonElement leg, Paint paint)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{leg.GetProperty("percent").GetDecimal():0.##} % to {Text(leg, "to")}");
        return leg.GetProperty("drawn").GetBoolean() ? paint.Text(text + " *", TextStyle.Good) : text;
    }

    // The label is printed on the first line only.
    private static void Line(TextWriter output, ref string label, string text)
    {
        output.WriteLine($"  {label,-10} {text}");
        label = "";
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.AsText() : "";
}
