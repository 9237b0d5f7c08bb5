using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Settings;

/// <summary>Validates the options of one client when the application starts.</summary>
// Not the platform's validation generator: these rules depend on each other and on the environment, not on one property each.
internal sealed class OptionsValidator(string client) : IValidateOptions<GatewayMeshOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayMeshOptions options)
    {
        if (name != client)
        {
            return ValidateOptionsResult.Skip;
        }

        new SettingsReader(Environment.GetEnvironmentVariable).TryRead(options, out var errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
