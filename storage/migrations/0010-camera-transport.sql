-- How a camera's packets are to come, and the certificate that it shows on rtsps addresses (SHA-256, lower-case hexadecimal).
ALTER TABLE cameras
  ADD COLUMN transport text NOT NULL DEFAULT 'auto' CHECK (transport IN ('auto', 'tcp', 'udp')),
  ADD COLUMN certificate_sha256 text CHECK (certificate_sha256 ~ '^[0-9a-f]{64}$');
