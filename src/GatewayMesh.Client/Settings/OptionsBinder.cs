using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Settings;

/// <summary>
/// Binds a configuration section to options without reflection. Keys are the names of the options, in any case. All errors are reported
/// together.
/// </summary>
// Not the platform's binding generator: it stops at the first error, reads "5" as five days and refuses "250ms", ignores a list in one
// value, and adds to a list where the section replaces it.
internal static class OptionsBinder
{
    private static readonly Dictionary<string, Func<GatewayMeshOptions, IConfigurationSection, bool>> Keys = new(
        StringComparer.OrdinalIgnoreCase)
    {
        [nameof(GatewayMeshOptions.Outbound)] = (o, s) => Text(s, value => o.Outbound = value),
        [nameof(GatewayMeshOptions.Service)] = (o, s) => Text(s, value => o.Service = value),
        [nameof(GatewayMeshOptions.Gateways)] = (o, s) => Texts(s, o.Gateways),
        [nameof(GatewayMeshOptions.RunDirectory)] = (o, s) => Text(s, value => o.RunDirectory = value),
        [nameof(GatewayMeshOptions.IdentityFile)] = (o, s) => Text(s, value => o.IdentityFile = value),
        [nameof(GatewayMeshOptions.RootsFile)] = (o, s) => Text(s, value => o.RootsFile = value),
        [nameof(GatewayMeshOptions.GatewayService)] = (o, s) => Text(s, value => o.GatewayService = value ?? ""),
        [nameof(GatewayMeshOptions.Node)] = (o, s) => Text(s, value => o.Node = value),
        [nameof(GatewayMeshOptions.ConnectTimeout)] = (o, s) => Duration(s, value => o.ConnectTimeout = value),
        [nameof(GatewayMeshOptions.TunnelTimeout)] = (o, s) => Duration(s, value => o.TunnelTimeout = value),
        [nameof(GatewayMeshOptions.AnswerWait)] = (o, s) => Duration(s, value => o.AnswerWait = value),
        [nameof(GatewayMeshOptions.ProbeTimeout)] = (o, s) => Duration(s, value => o.ProbeTimeout = value),
        [nameof(GatewayMeshOptions.ProbeFailures)] = (o, s) => Number(s, value => o.ProbeFailures = value),
        [nameof(GatewayMeshOptions.MaxAttempts)] = (o, s) => Number(s, value => o.MaxAttempts = value),
        [nameof(GatewayMeshOptions.ReplayBufferSize)] = (o, s) => Number(s, value => o.ReplayBufferSize = value),
        [nameof(GatewayMeshOptions.ReplayWithIdempotencyKey)] = (o, s) => Flag(s, value => o.ReplayWithIdempotencyKey = value),
        [nameof(GatewayMeshOptions.CreateIdempotencyKeys)] = (o, s) => Flag(s, value => o.CreateIdempotencyKeys = value),
        [nameof(GatewayMeshOptions.BreakerFailures)] = (o, s) => Number(s, value => o.BreakerFailures = value),
        [nameof(GatewayMeshOptions.ProbeInterval)] = (o, s) => Duration(s, value => o.ProbeInterval = value),
        [nameof(GatewayMeshOptions.FailbackAfter)] = (o, s) => Duration(s, value => o.FailbackAfter = value),
        [nameof(GatewayMeshOptions.IdleTimeout)] = (o, s) => Duration(s, value => o.IdleTimeout = value),
    };

    /// <summary>All key names.</summary>
    public static IReadOnlyCollection<string> Names => Keys.Keys;

    /// <summary>Sets the options from the section.</summary>
    /// <exception cref="OptionsValidationException">Unknown keys or invalid values. Contains every error.</exception>
    public static void Bind(IConfiguration configuration, GatewayMeshOptions options, string name)
    {
        var errors = new List<string>();
        foreach (var section in configuration.GetChildren())
        {
            if (!Keys.TryGetValue(section.Key, out var set))
            {
                errors.Add($"{section.Path}: unknown option; use one of {string.Join(", ", Keys.Keys)}");
            }
            else if (!set(options, section))
            {
                errors.Add($"{section.Path}: '{section.Value}' is not a valid value");
            }
        }

        if (errors.Count > 0)
        {
            throw new OptionsValidationException(name, typeof(GatewayMeshOptions), errors);
        }
    }

    private static bool Text(IConfigurationSection section, Action<string?> set)
    {
        set(section.Value);
        return !section.GetChildren().Any();
    }

    private static bool Texts(IConfigurationSection section, IList<string> list)
    {
        var values = section.Value is { } one
            ? one.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [.. section.GetChildren().Select(child => child.Value ?? "")];
        list.Clear();
        foreach (var value in values)
        {
            list.Add(value);
        }

        return true;
    }

    private static bool Duration(IConfigurationSection section, Action<TimeSpan> set)
    {
        var read = DurationSetting.TryParse(section.Value ?? "", out var value);
        if (read)
        {
            set(value);
        }

        return read;
    }

    private static bool Number(IConfigurationSection section, Action<int> set)
    {
        var read = int.TryParse(section.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        if (read)
        {
            set(value);
        }

        return read;
    }

    private static bool Flag(IConfigurationSection section, Action<bool> set)
    {
        var read = bool.TryParse(section.Value, out var value);
        if (read)
        {
            set(value);
        }

        return read;
    }
}
