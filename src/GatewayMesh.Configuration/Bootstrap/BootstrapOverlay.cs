using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>
/// Command-line options and environment variables, laid over the tree of the bootstrap file. Their values keep their own location, so that
/// an error names the option and not the file.
/// </summary>
public static class BootstrapOverlay
{
    /// <summary>Prefix of all environment variables.</summary>
    public const string Prefix = "GATEWAYMESH_";

    /// <summary>
    /// Suffix, after <see cref="Prefix"/>, of the variable from which commands take the admin token. It configures no process.
    /// </summary>
    public const string CommandsToken = "ADMIN_TOKEN";

    /// <summary>
    /// Reads variables such as <c>GATEWAYMESH_SIDECAR__SERVICES__0__PORT=8080</c>. Empty variables count as unset. <c>GATEWAYMESH__…</c> is
    /// reserved for the program. A variable whose first word resembles no key is ignored: Kubernetes sets such variables for a service
    /// named gatewaymesh.
    /// </summary>
    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="value">Creates a node from a text.</param>
    public static ImmutableArray<OverlayItem> FromVariables(
        IReadOnlyDictionary<string, string> environment, Func<string, SourceLocation, ConfigNode> value)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return
        [
            .. environment
                .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal) && variable.Value.Length > 0)
                .Select(variable => (variable.Key, variable.Value, Path: variable.Key[Prefix.Length..].Split("__").ToImmutableArray()))
                .Where(variable => IsOurs(variable.Path[0]))
                .OrderBy(variable => variable.Path, PathOrder.Instance)
                .Select(
                    variable => new OverlayItem(
                        variable.Path, value(variable.Value, SourceLocation.Option($"env {variable.Key}")), AnyCase: true)),
        ];
    }

    /// <summary>
    /// Reads <c>--set path=value</c>. A path is written <c>sidecar.services[0].port</c> or <c>sidecar.services.0.port</c>.
    /// </summary>
    /// <param name="setting">The text after <c>--set</c>.</param>
    /// <param name="value">Creates a node from a text.</param>
    /// <param name="errors">Receives an error when the text has no path.</param>
    public static OverlayItem? FromSetting(string setting, Func<string, SourceLocation, ConfigNode> value, ConfigErrors errors)
    {
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(errors);
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var path = equals < 0 ? setting : setting[..equals];
        var location = SourceLocation.Option($"--set {path}");
        ImmutableArray<string> segments = [
            .. path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.')];
        if (equals > 0 && segments.All(segment => segment.Length > 0))
        {
            return new OverlayItem(segments, value(setting[(equals + 1)..], location), AnyCase: false);
        }

        errors.Add(location, "", $"{Quoted.Of(setting)} is not path=value", "write for example --set sidecar.services[0].port=8080");
        return null;
    }

    /// <summary>Reads a named option, such as <c>--role</c> for the key <c>role</c>.</summary>
    public static OverlayItem FromOption(string option, string key, string value) =>
        new([key], new ConfigScalar(value, SourceLocation.Option(option)), AnyCase: false);

    /// <summary>Returns the tree with all items applied; a later item overrides an earlier one.</summary>
    public static ConfigNode Apply(ConfigNode document, IEnumerable<OverlayItem> items, ConfigErrors errors)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Aggregate(document, (tree, item) => Lay(tree, item, 0, errors));
    }

    private static bool IsOurs(string first) =>
        first.Length > 0 && first != CommandsToken && (Nearest.To(first, BootstrapBinder.Keys) is not null);

    private static ConfigNode Lay(ConfigNode? node, OverlayItem item, int depth, ConfigErrors errors)
    {
        if (depth == item.Path.Length)
        {
            return item.Value;
        }

        var segment = item.Path[depth];
        var isIndex = int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        return node switch
        {
            ConfigMapping mapping => LayKey(mapping, segment, item, depth, errors),
            ConfigSequence sequence => LayIndex(sequence, isIndex ? index : -1, item, depth, errors),
            _ when isIndex => LayIndex(new ConfigSequence([], item.Value.Location), index, item, depth, errors),
            _ => LayKey(new ConfigMapping([], node is ConfigNull ? node.Location : item.Value.Location), segment, item, depth, errors),
        };
    }

    private static ConfigMapping LayKey(ConfigMapping mapping, string key, OverlayItem item, int depth, ConfigErrors errors)
    {
        var pair = mapping.Find(key) ?? (item.AnyCase ? mapping.Find(key, StringComparison.OrdinalIgnoreCase) : null);
        var value = Lay(pair?.Value, item, depth + 1, errors);
        var pairs = pair is null
            ? mapping.Pairs.Add(new ConfigPair(key, item.Value.Location, value) { AnyCase = item.AnyCase })
            : mapping.Pairs.Replace(pair, pair with { Value = value });
        return new ConfigMapping(pairs, mapping.Location);
    }

    private static ConfigSequence LayIndex(ConfigSequence sequence, int index, OverlayItem item, int depth, ConfigErrors errors)
    {
        if (index < 0 || index > sequence.Items.Length)
        {
            errors.Add(
                item.Value.Location,
                string.Join('.', item.Path.Take(depth + 1)),
                $"the list has {sequence.Items.Length} items",
                $"use an index from 0 to {sequence.Items.Length}");
            return sequence;
        }

        var items = index == sequence.Items.Length
            ? sequence.Items.Add(Lay(null, item, depth + 1, errors))
            : sequence.Items.SetItem(index, Lay(sequence.Items[index], item, depth + 1, errors));
        return new ConfigSequence(items, sequence.Location);
    }

    // List items are appended in numeric order: 2 before 10.
    private sealed class PathOrder : IComparer<ImmutableArray<string>>
    {
        public static PathOrder Instance { get; } = new();

        public int Compare(ImmutableArray<string> x, ImmutableArray<string> y)
        {
            for (var i = 0; i < Math.Min(x.Length, y.Length); i++)
            {
                var order = int.TryParse(x[i], NumberStyles.None, CultureInfo.InvariantCulture, out var left)
                    && int.TryParse(y[i], NumberStyles.None, CultureInfo.InvariantCulture, out var right)
                    ? left.CompareTo(right)
                    : string.CompareOrdinal(x[i], y[i]);
                if (order != 0)
                {
                    return order;
                }
            }

            return x.Length.CompareTo(y.Length);
        }
    }
}
