using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of the route from the service name to instances. Empty when the name leads straight to its instances.</summary>
internal static class RouteText
{
    /// <summary>Prints rules, splits and targets.</summary>
    public static void Print(ExplainDocument answer, Paint paint, TextWriter output)
    {
        var route = answer.Route;
        var label = "route";
        foreach (var rule in route.Rules)
        {
            var verdict = rule.Matches ? paint.Text("matches", TextStyle.Good)
                : paint.Text(
                    rule.Asks == (rule.Fails ?? "") ? "does not match" : $"does not match: {rule.Fails} does not hold", TextStyle.Faint);
            Line(
                output,
                ref label,
                string.Create(CultureInfo.InvariantCulture, $"{rule.Router}[{rule.Rule}] {rule.Asks}: {verdict}"));
        }

        if (route.Rewritten is { Length: > 0 } rewritten)
        {
            Line(output, ref label, $"the path becomes {rewritten}");
        }

        label = "split";
        foreach (var split in route.Splits)
        {
            Line(
                output,
                ref label,
                $"{split.Splitter}: {string.Join(", ", split.Legs.Select(leg => Leg(leg, paint)))} (example sample)");
        }

        if (route.Name is { Length: > 0 })
        {
            PrintTargets(answer, paint, output);
        }
    }

    /// <summary>Prints the error that ends the route.</summary>
    public static void PrintAnswer(ExplainDocument answer, Paint paint, TextWriter output)
    {
        var status = ErrorTable.All.FirstOrDefault(row => row.Reason == answer.Reason)?.Status;
        var text = string.Create(CultureInfo.InvariantCulture, $"{status} {answer.Reason}");
        output.WriteLine($"  answer     {paint.Text(text, TextStyle.Bad)}: {answer.Route.Cause}");
    }

    private static void PrintTargets(ExplainDocument answer, Paint paint, TextWriter output)
    {
        var (label, failovers) = ("target", 0);
        foreach (var target in answer.Targets)
        {
            var word = target.State switch
            {
                "well" => paint.Text("healthy", TextStyle.Good),
                "dormant" => "read from the registry on the first request",
                "ejected" => paint.Text("every healthy instance is ejected", TextStyle.Warn),
                "refused" => paint.Text("every instance has an address that this node refuses to dial", TextStyle.Bad),
                "unhealthy" => paint.Text("no instance is healthy", TextStyle.Bad),
                _ => paint.Text("no instance", TextStyle.Bad),
            };
            var denial = target is { Allowed: false, Chosen: false }
                ? $", but {paint.Text($"{answer.From} may not call {target.Service}", TextStyle.Bad)}: no retry moves there"
                : "";
            Line(output, ref label, $"{target.Id}: {word}{(target.Chosen ? ", chosen" : "")}{denial}");
            label = failovers++ == 0 ? "failover" : "";
        }
    }

    private static string Leg(ExplainedLeg leg, Paint paint)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{leg.Percent:0.##} % to {leg.To}");
        return leg.Drawn ? paint.Text(text + " *", TextStyle.Good) : text;
    }

    // The label is printed on the first line only.
    private static void Line(TextWriter output, ref string label, string text)
    {
        output.WriteLine($"  {label,-10} {text}");
        label = "";
    }
}
