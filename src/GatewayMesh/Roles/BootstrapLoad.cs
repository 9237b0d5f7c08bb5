using System.Collections.Immutable;
using GatewayMesh.Admin;
using GatewayMesh.Commands;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Roles;

/// <summary>A checked bootstrap and the bytes that it was made of.</summary>
internal sealed record BootstrapLoad(BootstrapSpec Bootstrap, RoleOptions Options, ImmutableArray<byte> Content)
{
    /// <summary>Reads the file that the options name.</summary>
    /// <exception cref="RoleFailure">Every error, one a line.</exception>
    internal static BootstrapLoad From(RoleOptions options)
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
                throw new RoleFailure(ExitCode.Usage, $"{file}: {failure.Message}; name a readable file with --config");
            }
        }

        return From(options, [.. content]);
    }

    /// <summary>The same with the content at hand.</summary>
    /// <exception cref="RoleFailure">Every error, one a line.</exception>
    internal static BootstrapLoad From(RoleOptions options, ImmutableArray<byte> content)
    {
        var overlay = new BootstrapOptions
        {
            Role = options.Role,
            Node = options.Node,
            Cluster = options.Cluster,
            Registry = options.Registry,
            DataDir = options.DataDir,
            Admin = options.Admin,
            NoGuard = options.NoGuard,
            RequireRegistry = options.RequireRegistry,
            Set = options.Set,
        };
        ImmutableArray<ConfigError> errors;
        var environment = BootstrapFile.ReadEnvironment();
        var spec = options.ConfigFile is { } file
            ? BootstrapFile.FromBytes(content.AsSpan(), file, overlay, environment, out errors)
            : BootstrapFile.Load(null, overlay, environment, out errors);
        if (spec is null)
        {
            throw new RoleFailure(ExitCode.Usage, string.Join('\n', errors));
        }

        if (AdminToken.Check(spec.AdminToken) is { } unusable)
        {
            throw new RoleFailure(ExitCode.Usage, $"adminTokenFile: {unusable}");
        }

        // What was found is said from here on: a worker and a later reading must not look again, when the agent may be away.
        return new BootstrapLoad(spec, spec.Registry!.IsDefault ? options with { Registry = RegistrySpec.LocalConsul } : options, content);
    }
}
