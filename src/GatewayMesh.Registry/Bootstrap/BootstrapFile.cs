using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Bootstrap;

/// <summary>Binds a bootstrap file, variables and options to a <see cref="BootstrapSpec"/> and collects every error.</summary>
public static class BootstrapFile
{
    /// <summary>Loads a file, or only options and variables when <paramref name="path"/> is null. Null when there are errors.</summary>
    /// <param name="path">The file of <c>--config</c>, or null.</param>
    /// <param name="options">The command line.</param>
    /// <param name="environment">The variables of the process.</param>
    /// <param name="errors">All errors, by file and line.</param>
    public static BootstrapSpec? Load(
        string? path, BootstrapOptions options, IReadOnlyDictionary<string, string> environment, out ImmutableArray<ConfigError> errors)
    {
        var found = new ConfigErrors();
        var content = path is null ? [] : FileContent.ReadInTime(path, found);
        var spec = content is null ? null : Bind(content, path, options, environment, found);
        errors = found.ToSorted();
        return spec;
    }

    /// <summary>
    /// Binds the content of a file. Errors name the file <paramref name="name"/>, and relative paths are relative to its folder.
    /// </summary>
    public static BootstrapSpec? FromBytes(
        ReadOnlySpan<byte> content,
        string name,
        BootstrapOptions options,
        IReadOnlyDictionary<string, string> environment,
        out ImmutableArray<ConfigError> errors)
    {
        var found = new ConfigErrors();
        var spec = Bind(content, name, options, environment, found);
        errors = found.ToSorted();
        return spec;
    }

    /// <summary>The variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> ReadEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = variable.Value as string ?? "";
        }

        return variables;
    }

    private static BootstrapSpec? Bind(
        ReadOnlySpan<byte> content,
        string? name,
        BootstrapOptions options,
        IReadOnlyDictionary<string, string> environment,
        ConfigErrors errors)
    {
        ConfigNode Value(string text, SourceLocation location) => YamlDocuments.ReadValue(text, location, errors);

        var before = errors.Count;
        var document = name is null ? new ConfigNull(SourceLocation.Option("command line")) : YamlDocuments.ReadOne(content, name, errors);
        if (errors.Count > before && document is ConfigNull)
        {
            // An unreadable document has no keys to check.
            return null;
        }

        ImmutableArray<OverlayItem> items =
        [
            .. BootstrapOverlay.FromVariables(environment, Value),
            .. options.Set.Select(setting => BootstrapOverlay.FromSetting(setting, Value, errors)).OfType<OverlayItem>(),
            .. Named(options),
        ];
        var context = new BootstrapContext(HostName(), Environment.CurrentDirectory)
        {
            RegistryRequired = options.RegistryRequired,
            UsesLocalConsul = options.UsesLocalConsul,
        };
        var spec = BootstrapBinder.Bind(BootstrapOverlay.Apply(document, items, errors), context, errors);
        return errors.Count > before ? null : spec! with { File = name is null ? null : Path.GetFullPath(name) };
    }

    // The full name: Environment.MachineName ends at the first dot, and web.eu and web.us are two hosts.
    // A host name that is not a valid node name is reduced to its first valid characters.
    private static string HostName() => HostName(Dns.GetHostName());

    internal static string HostName(string host) =>
        Names.IsName(host) ? host
        : new string([.. host.Where(char.IsAsciiLetterOrDigit).Take(Names.Longest)]) is { Length: > 0 } name ? name
        : "localhost";

    private static IEnumerable<OverlayItem> Named(BootstrapOptions options) =>
        from option in StartOption.All
        let value = option.Key is null ? null : option.Value(options)
        where value is not null
        select BootstrapOverlay.FromOption(option.Name, option.Key!, value);
}
