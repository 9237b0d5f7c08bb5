using System.Collections.Immutable;
using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Startup;

/// <summary>
/// A hand-written parser for role command lines. The guard has a budget of 20 MB, so this path must not load the
/// command-line library, which costs more than this parser.
/// </summary>
internal static class RoleLine
{
    /// <summary>True if <paramref name="args"/> start a role: they begin with an option, and none of them asks for help.</summary>
    public static bool Matches(ReadOnlySpan<string> args)
    {
        if (args.IsEmpty || !args[0].StartsWith("--", StringComparison.Ordinal) || args[0] == "--version")
        {
            return false;
        }

        foreach (var arg in args)
        {
            if (arg is "--help" or "-h" or "-?")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns the options and all errors; no errors if the line is valid.</summary>
    public static (BootstrapOptions Options, ImmutableArray<string> Errors) Parse(ReadOnlySpan<string> args)
    {
        var options = BootstrapOptions.None;
        var errors = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = Split(args[i]);
            if (StartOption.Find(name) is not { } option)
            {
                errors.Add($"unknown option '{args[i]}' for --role");
            }
            else if (!option.TakesValue)
            {
                options = option.Take(options, "");
                if (value is not null)
                {
                    errors.Add($"{name} takes no value");
                }
            }
            else if (value is null && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                errors.Add($"{name} needs a value");
            }
            else
            {
                options = option.Take(options, value ?? args[++i]);
            }
        }

        Check(options, errors);
        return (options, errors.ToImmutable());
    }

    private static (string Name, string? Value) Split(string arg) =>
        arg.StartsWith("--", StringComparison.Ordinal) && arg.IndexOf('=') is > 0 and var equals
            ? (arg[..equals], arg[(equals + 1)..])
            : (arg, null);

    private static void Check(BootstrapOptions options, ImmutableArray<string>.Builder errors)
    {
        if (options.SidecarFor is not null && options.Role is not (null or "sidecar"))
        {
            errors.Add($"--sidecar-for requires --role sidecar, not --role {options.Role}");
        }

        if (options.Role is not (null or "sidecar" or "gateway" or "ingress"))
        {
            errors.Add($"--role is '{options.Role}'; it must be sidecar, gateway or ingress");
        }

        foreach (var pair in options.Set)
        {
            if (pair.IndexOf('=') <= 0)
            {
                errors.Add($"--set '{pair}' must be path=value, for example --set sidecar.services.0.port=8080");
            }
        }
    }
}
