using Microsoft.Extensions.Options;

namespace GatewayMesh.Client.Settings;

/// <summary>Validates the options of one client when the application starts.</summary>
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
