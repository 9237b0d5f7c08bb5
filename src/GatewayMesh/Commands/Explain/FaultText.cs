using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of the faults of a policy.</summary>
internal static class FaultText
{
    /// <summary>Prints a line for each fault, and one if this node ignores them.</summary>
    public static void Print(ExplainedFaults faults, Paint paint, TextWriter output)
    {
        if (!faults.Allowed)
        {
            output.WriteLine("  faults     ignored on this node: allowFaults is false in its bootstrap file");
        }

        foreach (var rule in faults.Rules)
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{rule.Name}: {rule.Share * 100:0.##} % of {(rule.Matches ? "such requests" : "other requests")}, {rule.Effect}");
            output.WriteLine($"  fault      {(faults.Allowed && rule.Matches ? paint.Text(line, TextStyle.Warn) : line)}");
        }
    }
}
