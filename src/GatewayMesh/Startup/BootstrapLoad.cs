using System.Collections.Immutable;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Yaml;
using GatewayMesh.Terminal;

namespace GatewayMesh.Startup;

/// <summary>A validated bootstrap and the bytes it was read from.</summary>
internal sealed record BootstrapLoad(BootstrapSpec Bootstrap, BootstrapOptions Options, ImmutableArray<byte> Content)
{
    /// <summary>Reads the file named by the options.</summary>
    /// <exception cref="RoleFailure">All errors, one per line.</exception>
    internal static BootstrapLoad From(BootstrapOptions options)
    {
        byte[] content = [];
        if (options.ConfigFile is { } file)
        {
            try
            {
                content = TimedRead.Run(file, TimedRead.Limit, () => RegularFile.ReadAllBytes(file, YamlDocuments.MaxBytes));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new RoleFailure(ExitCode.Usage, $"{file}: {failure.Message}; use a readable file with --config");
            }
        }

        return From(options, [.. content]);
    }

    /// <summary>Validates content that is already read.</summary>
    /// <exception cref="RoleFailure">All errors, one per line.</exception>
    internal static BootstrapLoad From(BootstrapOptions options, ImmutableArray<byte> content)
    {
        ImmutableArray<ConfigError> errors;
        var environment = BootstrapFile.ReadEnvironment();
        var spec = options.ConfigFile is { } file
            ? BootstrapFile.FromBytes(content.AsSpan(), file, options, environment, out errors)
            : BootstrapFile.Load(null, options, environment, out errors);
        if (spec is null)
        {
            throw new RoleFailure(ExitCode.Usage, string.Join('\n', errors));
        }

        if (AdminToken.Check(spec.AdminToken) is { } unusable)
        {
            throw new RoleFailure(ExitCode.Usage, $"adminTokenFile: {unusable}");
        }

        // The detected registry is written into the bootstrap: a worker or a later reload must not detect it again, as the agent may be
        // down.
        return new BootstrapLoad(spec, spec.Registry!.IsDefault ? options with { Registry = RegistrySpec.LocalConsul } : options, content);
    }
}
