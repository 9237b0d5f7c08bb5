using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Client.Gateways;
using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Settings;

/// <summary>Builds settings from options and environment, and collects every error.</summary>
internal sealed class SettingsReader(Func<string, string?> environment)
{
    private const string DefaultRunDirectory = "/run/gatewaymesh";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly List<string> _errors = [];

    /// <summary>Reads the options with the environment of this process.</summary>
    public static ClientSettings Read(GatewayMeshOptions options, string name = "") =>
        new SettingsReader(Environment.GetEnvironmentVariable).ReadOrThrow(options, name);

    /// <summary>The settings. Throws <see cref="OptionsValidationException"/> with every error.</summary>
    public ClientSettings ReadOrThrow(GatewayMeshOptions options, string name)
    {
        var settings = TryRead(options, out var errors);
        return errors.Count == 0 ? settings : throw new OptionsValidationException(name, typeof(GatewayMeshOptions), errors);
    }

    /// <summary>The settings; valid only if <paramref name="errors"/> is empty.</summary>
    public ClientSettings TryRead(GatewayMeshOptions options, out IReadOnlyList<string> errors)
    {
        _errors.Clear();
        var service = Text(options.Service, "GATEWAYMESH_SERVICE");
        if (service is not null && !IsName(service))
        {
            Error(nameof(options.Service),
                $"'{service}' is not a service name; use at most 255 letters, digits, dots, dashes and underscores");
        }

        var outbound = Outbound(options);
        var identity = Text(options.IdentityFile, "GATEWAYMESH_IDENTITY");
        var roots = Text(options.RootsFile, "GATEWAYMESH_ROOTS");
        var gateways = Gateways(options, identity is null ? null : new GatewayEntryTls(options.GatewayService, ""));
        var runDirectory = Text(options.RunDirectory, "GATEWAYMESH_RUN_DIR");
        if (!IsName(options.GatewayService) || options.GatewayService.Length == 0)
        {
            Error(nameof(options.GatewayService),
                $"'{options.GatewayService}' is not a service name; use at most 255 letters, digits, dots, dashes and underscores");
        }

        if (service is null && (!gateways.IsEmpty || runDirectory is not null))
        {
            Error(nameof(options.Service), "is required for gateways; set Service or GATEWAYMESH_SERVICE to the name of this service");
        }

        if (outbound is null && gateways.IsEmpty && service is null)
        {
            Error(nameof(options.Outbound),
                "is not set; set Outbound or GATEWAYMESH_OUTBOUND to the outbound address of this service at the local sidecar");
        }

        Within(nameof(options.ConnectTimeout), options.ConnectTimeout, TimeSpan.FromMilliseconds(1), Minute);
        Within(nameof(options.TunnelTimeout), options.TunnelTimeout, TimeSpan.FromMilliseconds(1), Minute);
        Within(nameof(options.AnswerWait), options.AnswerWait, TimeSpan.FromMilliseconds(1), Minute);
        Within(nameof(options.ProbeTimeout), options.ProbeTimeout, TimeSpan.FromMilliseconds(1), Minute);
        Within(nameof(options.ProbeInterval), options.ProbeInterval, TimeSpan.FromMilliseconds(1), Minute);
        Within(nameof(options.FailbackAfter), options.FailbackAfter, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Within(nameof(options.IdleTimeout), options.IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Within(nameof(options.ProbeFailures), options.ProbeFailures, 1, 10);
        Within(nameof(options.MaxAttempts), options.MaxAttempts, 1, GatewayMeshOptions.MostAttempts);
        Within(nameof(options.ReplayBufferSize), options.ReplayBufferSize, 0, 16 * 1024 * 1024);
        Within(nameof(options.BreakerFailures), options.BreakerFailures, 1, 1000);
        errors = [.. _errors];
        return new ClientSettings
        {
            Outbound = outbound,
            Service = service ?? "",
            Gateways = gateways,
            GatewaysFile = service is null ? null : Path.Combine(runDirectory ?? DefaultRunDirectory, service, "gateways.json"),
            IdentityFile = service is null ? null : identity ?? Path.Combine(runDirectory ?? DefaultRunDirectory, service, "identity.pem"),
            RootsFile = service is null ? null : roots ?? Path.Combine(runDirectory ?? DefaultRunDirectory, service, "roots.pem"),
            Node = NodeName(options.Node),
            ConnectTimeout = options.ConnectTimeout,
            TunnelTimeout = options.TunnelTimeout,
            AnswerWait = options.AnswerWait,
            ProbeTimeout = options.ProbeTimeout,
            ProbeFailures = options.ProbeFailures,
            MaxAttempts = options.MaxAttempts,
            ReplayBufferSize = options.ReplayBufferSize,
            ReplayWithIdempotencyKey = options.ReplayWithIdempotencyKey || options.CreateIdempotencyKeys,
            CreateIdempotencyKeys = options.CreateIdempotencyKeys,
            BreakerFailures = options.BreakerFailures,
            ProbeInterval = options.ProbeInterval,
            FailbackAfter = options.FailbackAfter,
            IdleTimeout = options.IdleTimeout,
        };
    }

    private TargetAddress? Outbound(GatewayMeshOptions options)
    {
        if (Text(options.Outbound, "GATEWAYMESH_OUTBOUND") is not { } text)
        {
            return null;
        }

        if (!TargetAddress.TryParse(text, out var address))
        {
            Error(nameof(options.Outbound), $"'{text}' is not an address; use HOST:PORT such as 127.0.0.1:15001");
        }

        return address;
    }

    private ImmutableArray<GatewayEntry> Gateways(GatewayMeshOptions options, GatewayEntryTls? tls)
    {
        IEnumerable<string> texts = options.Gateways.Count > 0
            ? options.Gateways
            : (environment("GATEWAYMESH_GATEWAYS") ?? "").Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var found = ImmutableArray.CreateBuilder<GatewayEntry>();
        foreach (var text in texts)
        {
            if (TargetAddress.TryParse(text, out var address))
            {
                found.Add(new GatewayEntry(address, tls));
            }
            else
            {
                Error(nameof(options.Gateways),
                    $"'{text}' is not an address; use HOST:PORT of the gateway's tunnel listener such as 10.0.0.9:15444");
            }
        }

        return [.. found.Distinct()];
    }

    // A host name never causes an error: characters that a hello cannot hold are dropped.
    private static string NodeName(string? given)
    {
        var name = string.Concat((given ?? Environment.MachineName).Where(c => c is > ' ' and <= '~'));
        return name.Length == 0 ? "client" : name[..Math.Min(name.Length, 255)];
    }

    private string? Text(string? option, string variable) =>
        !string.IsNullOrWhiteSpace(option)
            ? option.Trim()
            : environment(variable) is { } value && !string.IsNullOrWhiteSpace(value)
            ? value.Trim()
            : null;

    private static bool IsName(string name) =>
        name.Length <= 255 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name is not ("." or "..");

    private void Within<T>(string option, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            Error(option, string.Create(CultureInfo.InvariantCulture, $"{value} is out of range; use a value from {least} to {most}"));
        }
    }

    private void Error(string option, string what) => _errors.Add($"{option}: {what}");
}
