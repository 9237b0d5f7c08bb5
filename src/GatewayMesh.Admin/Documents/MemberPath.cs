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

    // The next step of the path, without its brackets, quotes or dot.
    private static string Next(ref ReadOnlySpan<char> rest)
    {
        var (open, close) = rest.StartsWith("['") ? (2, "']") : rest[0] == '[' ? (1, "]") : (1, "");
        var length = close.Length > 0 ? rest[open..].IndexOf(close) : rest[open..].IndexOfAny('.', '[');
        length = length < 0 ? rest.Length - open : length;
        var step = rest.Slice(open, length).ToString();
        rest = rest[Math.Min(rest.Length, open + length + close.Length)..];
        return step;
    }
}
