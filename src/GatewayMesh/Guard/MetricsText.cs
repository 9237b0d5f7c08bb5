using System.Text;

namespace GatewayMesh.Guard;

/// <summary>
/// Merges two documents in Prometheus text format. A family may have only one head, so the samples of a shared family are put together
/// under the first head. Source: Prometheus, exposition formats.
/// </summary>
internal static class MetricsText
{
    /// <summary>Returns the families of both documents.</summary>
    /// <param name="own">The guard's document.</param>
    /// <param name="other">The worker's document.</param>
    /// <param name="ownOnly">Families taken from the guard only; the worker's samples are dropped.</param>
    internal static string Join(string own, string other, params ReadOnlySpan<string> ownOnly)
    {
        var families = Families(own);
        foreach (var (name, theirs) in Families(other))
        {
            if (!families.TryGetValue(name, out var ours))
            {
                families.Add(name, theirs);
            }
            else if (!ownOnly.Contains(name))
            {
                ours.Samples.Append(theirs.Samples);
            }
        }

        var joined = new StringBuilder(own.Length + other.Length);
        foreach (var (_, family) in families)
        {
            joined.Append(family.Head).Append(family.Samples);
        }

        return joined.ToString();
    }

    private static OrderedDictionary<string, (StringBuilder Head, StringBuilder Samples)> Families(string text)
    {
        var families = new OrderedDictionary<string, (StringBuilder Head, StringBuilder Samples)>();
        (StringBuilder Head, StringBuilder Samples) current = (new StringBuilder(), new StringBuilder());
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var isHead = line.StartsWith("# ", StringComparison.Ordinal);
            if (isHead)
            {
                var name = line.Split(' ', 4)[2];
                if (!families.TryGetValue(name, out current))
                {
                    families.Add(name, current = (new StringBuilder(), new StringBuilder()));
                }
            }

            (isHead ? current.Head : current.Samples).Append(line).Append('\n');
        }

        return families;
    }
}
