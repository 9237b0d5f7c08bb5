using System.CommandLine;
using System.CommandLine.Parsing;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Terminal.Calls;

/// <summary>
/// The admin token sent by commands: <c>--admin-token-file FILE</c>, else the variable <c>GATEWAYMESH_ADMIN_TOKEN</c>, else none.
/// </summary>
public static class ShownToken
{
    private static string? FromFile;

    /// <summary>The token, or null.</summary>
    public static string? Value => FromFile
        ?? (
            Environment.GetEnvironmentVariable(BootstrapOverlay.Prefix + BootstrapOverlay.CommandsToken) is { Length: > 0 } token
                && token.All(static c => c is > ' ' and < '\x7f')
                ? token
                : null);

    /// <summary>The option, present on every command.</summary>
    public static Option<string> Option()
    {
        var option = new Option<string>("--admin-token-file")
        {
            Description = "File with the admin token (or variable GATEWAYMESH_ADMIN_TOKEN).",
            HelpName = "FILE",
            Recursive = true,
        };
        option.Validators.Add(Take);
        return option;
    }

    private static void Take(OptionResult result)
    {
        if (result.Tokens is [var file, ..])
        {
            FromFile = AdminToken.Read(file.Value, out var error);
            if (error is not null)
            {
                result.AddError($"--admin-token-file: {error}");
            }
        }
    }
}
