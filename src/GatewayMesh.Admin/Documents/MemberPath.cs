using System.Globalization;
using System.Text.Json.Nodes;

namespace GatewayMesh.Admin.Documents;

/// <summary>Paths of JSON members as exceptions name them: <c>$.guard.gateways[0].state</c>, <c>$['a key']</c>.</summary>
internal static class MemberPath
{
    /// <summary>Removes the member or item at <paramref name="path"/>. False when there is none.</summary>
    public static bool TryRemove(JsonNode? root, string? path)
    {
        var rest = path is ['$', .. var after] ? after.AsSpan() : default;
        for (var node = root; !rest.IsEmpty;)
        {
            var step = Next(ref rest);
            switch (node)
            {
                case JsonObject members when rest.IsEmpty:
                    return members.Remove(step);
                case JsonObject members:
                    node = members[step];
                    break;
                case JsonArray items when int.TryParse(step, CultureInfo.InvariantCulture, out var index) && index < items.Count:
                    if (rest.IsEmpty)
                    {
                        items.RemoveAt(index);
                        return true;
                    }

                    node = items[index];
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private static string Next(ref ReadOnlySpan<char> rest)
    {
        var isQuoted = rest.StartsWith("['");
        var begin = isQuoted ? 2 : 1;
        var end = isQuoted ? rest.IndexOf("']") : rest[0] == '[' ? rest.IndexOf(']') : rest[1..].IndexOfAny('.', '[') is >= 0 and var at ? at + 1 : rest.Length;
        end = end < begin ? rest.Length : end;
        var step = rest[begin..end].ToString();
        rest = rest[Math.Min(rest.Length, isQuoted ? end + 2 : rest[0] == '[' ? end + 1 : end)..];
        return step;
    }
}
